{{ config(materialized='view') }}
select 1 as sku, null as level union all select 2 as sku, 5 as level
