"""Amounts of money."""


def add_tax(amount, rate):
    return amount + rate * amount


def parse_rate(settings):
    return settings["tax"]["standard"]
