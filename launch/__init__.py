"""What run.py needs before anything is installed: the environment, the page's assets, the demo, the checks.

Standard library only (the demo's API client excepted: it is imported after set-up), and nothing of the product.
"""
