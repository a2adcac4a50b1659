"""Handing a case on to another manager or agency, and standing in for somebody who is away."""
