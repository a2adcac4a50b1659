"""Pages of visits."""

from mappa.offenders import changes
from mappa.offenders.files import queries as stored
from mappa.visits.backlog import views as backlog
from mappa.visits.cards import views as cards
from mappa.visits.commitment import following
from mappa.visits.commitment import queries as commitments
from mappa.visits.commitment import views as commitment
from mappa.visits.correcting import views as correcting
from mappa.visits.dip_sample import downloading
from mappa.visits.dip_sample import views as dip_sample
from mappa.visits.doorstep import jobs as draft_jobs
from mappa.visits.doorstep import views as doorstep
from mappa.visits.entry import views as entry
from mappa.visits.files import views as files
from mappa.visits.files.models import VisitFile
from mappa.visits.following import views as follow_up
from mappa.visits.joint import views as joint
from mappa.visits.reactive import queries as reactive_queries
from mappa.visits.reactive import views as reactive
from mappa.visits.rounds import views as rounds
from mappa.visits.sampled import views as sampled
from mappa.visits.team import views as team
from mappa.visits.views import check, lists, log, pattern, plan
from mappa.visits.views.blueprint import bp

__all__ = [
    "backlog",
    "bp",
    "cards",
    "check",
    "commitment",
    "correcting",
    "dip_sample",
    "doorstep",
    "downloading",
    "entry",
    "files",
    "follow_up",
    "joint",
    "lists",
    "log",
    "pattern",
    "plan",
    "reactive",
    "register",
    "rounds",
    "sampled",
    "team",
]


def register(
    agreed_plan: commitments.AgreedPlan, last_intelligence: reactive_queries.LastIntelligence
) -> None:
    """Let what is due follow the risk band, and visits know of plans, intelligence, files."""
    changes.on_band(following.ask_to_follow_band)
    commitments.plan_is(agreed_plan)
    reactive_queries.intelligence_is(last_intelligence)
    stored.also_of(VisitFile)
    stored.also_named(draft_jobs.stored_names)
