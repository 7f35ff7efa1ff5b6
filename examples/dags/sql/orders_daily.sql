-- One row per country for {{ ds }}
SELECT country,
       COUNT(*)              AS orders,
       ROUND(SUM(amount), 2) AS revenue
FROM orders
WHERE day = '{{ ds }}'
  AND status <> '{{ params.ignored_status }}'
GROUP BY country
ORDER BY country
