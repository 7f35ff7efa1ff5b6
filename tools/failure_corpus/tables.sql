create role etl login password 'etl';
create role reporting login password 'reporting';
create role batch login password 'batch' connection limit 1;
create table orders (order_id integer primary key, customer text not null, amount integer not null check (amount >= 0));
create table order_lines (line_id integer primary key, order_id integer not null references orders (order_id), sku text);
insert into orders select n, 'customer ' || n, n * 10 from generate_series(1, 50) n;
grant select, insert, update on orders, order_lines to etl;
grant pg_signal_backend to etl;
