"""Orders: faults in the DAG's own code."""

import logging
from datetime import timedelta

from airflow.exceptions import AirflowException
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import task
from common.money import add_tax, parse_rate
from common.pipeline import pipeline

log = logging.getLogger(__name__)

with pipeline("orders_settings", "orders"):

    @task
    def read_settings():
        settings = {"region": "eu", "bucket_name": "orders"}
        return settings["bucket"]

    read_settings()

for _region in ("eu", "us"):
    with pipeline(f"tax_report_{_region}", "finance"):

        @task
        def compute_tax():
            log.info("reading the rates")
            return add_tax("100", parse_rate({"tax": {"standard": 0.2}}))

        compute_tax()

with pipeline("customer_names", "crm"):

    @task
    def find_customer():
        log.info("no customer has that number")

    @task
    def upper_name(customer):
        return customer["name"].upper()

    upper_name(find_customer())

with pipeline("top_products", "shop"):

    def first_product(**context):
        products = [p for p in ("mug", "cap") if p.startswith("z")]
        return products[0]

    PythonOperator(task_id="pick_first", python_callable=first_product)

with pipeline("conversion_rate", "shop"):
    BashOperator(
        task_id="compute",
        bash_command="""
echo "reading visits"
python - <<'PY'
def rate(orders, visits):
    return orders / visits

print("orders 12")
print(rate(12, 0))
PY
""",
    )

with pipeline("price_list", "shop"):

    @task
    def publish_prices():
        for item in ("mug", "cap"):
            log.info("price of %s", item)
        return price_total  # noqa: F821

    publish_prices()

with pipeline("category_tree", "shop"):

    def walk(node, depth=0):
        return walk({"parent": node, "depth": depth}, depth + 1)

    @task
    def build_tree():
        return walk({})

    build_tree()

with pipeline("stock_adapter", "warehouse"):

    class Adapter:
        def fetch(self):
            raise NotImplementedError("fetch is left to each warehouse's adapter")

    @task
    def fetch_stock():
        return Adapter().fetch()

    fetch_stock()

with pipeline("mail_template", "crm"):
    BashOperator(task_id="render", bash_command="echo {{ params.campaign.title }}", params={"season": "winter"})

with pipeline("nightly_script", "platform"):
    BashOperator(task_id="run_script", bash_command="scripts/nightly_cleanup.sh")

with pipeline("open_socket", "platform"):

    @task
    def connect():
        import threading

        return {"lock": threading.Lock()}

    connect()

with pipeline("shell_typo", "platform"):
    BashOperator(task_id="loop", bash_command="for f in a b; do echo $f; if [ $f = a ]; then echo yes; done")

with pipeline("etl_options", "platform"):
    BashOperator(
        task_id="run_etl",
        bash_command="python -c \"import argparse; p = argparse.ArgumentParser('etl.py');"
        " p.add_argument('--day'); p.parse_args(['--dya', '2026-11-20'])\"",
    )

with pipeline("license_audit", "it"):

    @task
    def audit():
        import sys

        print("2 licenses expire this week")
        sys.exit(3)

    audit()

with pipeline("branching", "shop"):
    BranchPythonOperator(task_id="choose", python_callable=lambda: "ship_by_sea")

with pipeline("fan_out", "shop"):

    @task
    def list_shops():
        return 42

    @task
    def load_shop(shop):
        return shop

    load_shop.expand(shop=list_shops())

with pipeline("region_load", "warehouse"):

    @task
    def load_region():
        limits = {"eu": 10}
        try:
            return limits["apac"]
        except KeyError as error:
            raise AirflowException("region load gave up") from error

    load_region()

with pipeline("order_states", "orders"):

    @task
    def check_states():
        states = ["new", "paid", "sent"]
        assert "cancelled" in states, "the state machine knows no cancelled orders"

    check_states()

with pipeline("partner_contract", "sales"):

    class ContractError(Exception):
        """A contract that nobody signed."""

    @task
    def check_contract():
        raise ContractError("contract 4711 has no signature of the partner")

    check_contract()

with pipeline("discount_plugin", "shop"):

    @task
    def load_rules():
        source = "def discount(order):\n    return order.total *\n"
        exec(compile(source, "/opt/airflow/dags/rules/discount.py", "exec"), {})

    load_rules()

with pipeline("mapped_resize", "web"):

    @task
    def resize(width):
        return [row.pixels for row in [width]]

    resize.expand(width=[320, 640])
