"""The blueprint that every page of insight belongs to."""

from flask import Blueprint

bp = Blueprint("insight", __name__, template_folder="../templates")
