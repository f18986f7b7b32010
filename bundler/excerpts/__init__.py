"""From logs of any size and kind to the records that belong to a payment: for ``logs``, and a part of ``create``.

Nothing is imported here, so that cutting a window starts as quickly as it works.
"""
