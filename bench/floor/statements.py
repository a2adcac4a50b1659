"""The floor's statements: one for each thing a page shows, and nothing about who may see it."""

SESSION = """
SELECT s.id AS session_id, s.user_id, s.last_seen_at, s.ended_at, u.name, u.disabled_at,
  p.id AS posting_id, p.agency_id, p.area_id, p.team_id, p.role, a.name AS agency_name
FROM session s JOIN user_account u ON u.id = s.user_id
JOIN posting p ON p.id = s.posting_id JOIN agency a ON a.id = p.agency_id
WHERE s.token_digest = :digest
"""
BELL = """
SELECT count(*) AS n FROM (SELECT 1 FROM notice
WHERE user_id = :user AND ended_at IS NULL AND read_at IS NULL LIMIT 99) AS unread
"""
_PERSON = """
p.*, a.name AS lead_agency, a.phone AS lead_phone, u.name AS manager,
(SELECT kind || ' ' || district FROM address d WHERE d.person_id = p.id AND d.until_on IS NULL
 AND d.kind <> 'regular' ORDER BY d.from_on DESC, d.id LIMIT 1) AS lives
"""
_WITH_LEAD = """
JOIN agency a ON a.id = p.owner_agency_id LEFT JOIN user_account u ON u.id = p.manager_id
"""
PEOPLE = f"""
SELECT {_PERSON} FROM reach r JOIN person p ON p.id = r.person_id {_WITH_LEAD}
WHERE r.agency_id = :agency AND r.ends_at > :at AND (r.sort_name, r.person_id) > (:name, :key)
ORDER BY r.sort_name, r.person_id LIMIT 26
"""
COUNT = """
SELECT count(*) AS n FROM (SELECT 1 FROM reach
WHERE agency_id = :agency AND ends_at > :at LIMIT 101) AS found
"""
PLACE = "SELECT sort_name FROM person WHERE id = :person"
PERSON = f"""
SELECT {_PERSON} FROM person p {_WITH_LEAD}
WHERE p.id = :person AND EXISTS (SELECT 1 FROM reach r
  WHERE r.person_id = p.id AND r.agency_id = :agency AND r.ends_at > :at)
"""
WARNINGS = """
SELECT w.*, a.name AS agency_name FROM warning w JOIN agency a ON a.id = w.owner_agency_id
WHERE w.person_id = :person AND w.ended_at IS NULL
ORDER BY w.serious DESC, w.added_at DESC, w.id
"""
OWED = """
SELECT d.*, u.name AS owner_name, a.name AS owed_by_name FROM deadline d
JOIN user_account u ON u.id = d.owner_user_id JOIN agency a ON a.id = d.owed_by_agency_id
WHERE d.person_id = :person AND d.state = 'open' ORDER BY d.due_on, d.id
"""
WORKERS = """
SELECT w.user_id, u.name, w.agency_id, a.name AS agency, w.part, u.phone FROM case_worker w
JOIN user_account u ON u.id = w.user_id JOIN agency a ON a.id = w.agency_id
WHERE w.person_id = :person AND w.state = 1 AND w.ends_at > :at ORDER BY w.part, u.name
"""
ASSESSMENTS = """
SELECT r.*, a.name AS owner_name FROM risk_assessment r JOIN agency a ON a.id = r.owner_agency_id
WHERE r.person_id = :person ORDER BY r.assessed_on DESC, r.signed_at DESC, r.id
"""
GROUPS = "SELECT * FROM risk_group WHERE subject_id = :assessment ORDER BY position"

_ENTRY = "SELECT '{part}' AS part, '{kind}' AS kind, t.id AS record, t.{at} AS at, {day} AS day, "
_OF = """
FROM {table} t JOIN agency a ON a.id = t.owner_agency_id
LEFT JOIN user_account u ON u.id = t.{by} WHERE t.person_id = :person {more}
"""


_NO_DAY = "CAST(NULL AS DATE)"


def _arm(
    part: str, kind: str, table: str, at: str, by: str, title: str, body: str, *,
    day: str = _NO_DAY, more: str = "",
) -> str:  # fmt: skip
    names = "coalesce(u.name, '') AS by_name, a.name AS agency_name "
    return (
        _ENTRY.format(part=part, kind=kind, at=at, day=day)
        + f"{title} AS title, {body} AS body, {names}"
        + _OF.format(table=table, by=by, more=more)
    )


def _timeline() -> str:
    """The timeline of a person; the newest of each kind are cut first, so long files are cheap."""
    visit = "CASE WHEN announced THEN 'Scheduled visit: ' ELSE 'Unannounced visit: ' END || outcome"
    said = "CASE WHEN t.concerns <> '' THEN t.concerns ELSE t.account END"
    arms = [
        _arm("record", "address", "address", "added_at", "added_by_id", "'Address added'",
             "t.lines || ' ' || t.postcode"),
        _arm("record", "warning", "warning", "added_at", "added_by_id", "'Warning to staff added'",
             "t.headline"),
        _arm("changes", "person:added", "person_change", "at", "by_id", "t.what", "t.after",
             more="AND t.kind = 'person:added'"),
        _arm("risk", "risk", "risk_assessment", "signed_at", "author_id",
             "'Risk assessment signed off'", "t.band"),
        _arm("plan", "plan", "plan", "agreed_at", "agreed_by_id",
             "'Risk management plan agreed'", "''", more="AND t.agreed_at IS NOT NULL"),
        _arm("visits", "visit", "visit", "arrived_at", "written_by_id", visit, said,
             day="t.made_on",
             more="AND t.state = 'made' ORDER BY t.made_on DESC, t.id DESC LIMIT :most"),
    ]  # fmt: skip
    union = " UNION ALL ".join(f"SELECT * FROM ({arm}) AS arm_{n}" for n, arm in enumerate(arms))
    return f"SELECT * FROM ({union}) AS happened ORDER BY at DESC, record DESC LIMIT :most"


TIMELINE = _timeline()
_RANK = """
CASE WHEN d.due_on < :today THEN CASE p.risk_band WHEN 'very_high' THEN 0 WHEN 'high' THEN 1
  WHEN 'medium' THEN 2 WHEN 'not_assessed' THEN 3 WHEN 'low' THEN 4 ELSE 5 END ELSE 0 END
"""
_LATE = "CASE WHEN d.due_on < :today THEN 0 ELSE 1 END"
_OFF = """
SELECT {what} FROM snooze s WHERE s.duty_id = d.id AND s.owner_user_id = d.owner_user_id
  AND s.due_on = d.due_on AND s.ended_at IS NULL AND s.until_on > :today
"""
_UNTIL = f"({_OFF.format(what='max(s.until_on)')}) AS snoozed_until"
_DUTY = """
d.*, u.name AS owner_name, a.name AS owed_by_name, p.given_name, p.family_name,
p.level AS person_level, p.risk_band AS person_risk
"""
_WITH_NAMES = """
JOIN user_account u ON u.id = d.owner_user_id JOIN agency a ON a.id = d.owed_by_agency_id
JOIN person p ON p.id = d.person_id
"""
_MY_OPEN = "d.owner_user_id = :user AND d.state = 'open'"
AT_HOME = f"""
SELECT {_DUTY}, {_UNTIL} FROM deadline d {_WITH_NAMES} WHERE {_MY_OPEN}
ORDER BY {_LATE}, {_RANK}, d.due_on, d.id LIMIT 201
"""
LISTED = f"""
SELECT {_DUTY} FROM deadline d {_WITH_NAMES}
WHERE {_MY_OPEN} AND NOT EXISTS ({_OFF.format(what="1")})
ORDER BY {_LATE}, {_RANK}, d.due_on, d.id LIMIT 51
"""
SNOOZED = f"""
SELECT {_DUTY}, s.until_on AS snoozed_until, s.why AS snoozed_why, b.name AS snoozed_by
FROM snooze s JOIN deadline d ON d.id = s.duty_id AND d.owner_user_id = s.owner_user_id
  AND d.due_on = s.due_on JOIN user_account b ON b.id = s.by_id {_WITH_NAMES}
WHERE {_MY_OPEN} AND s.ended_at IS NULL AND s.until_on > :today
ORDER BY s.until_on, d.due_on, d.id LIMIT 51
"""
COUNTED = f"""
SELECT count(CASE WHEN off THEN 1 END) AS snoozed,
  count(CASE WHEN NOT off AND due_on < :today THEN 1 END) AS overdue,
  count(CASE WHEN NOT off AND due_on >= :today AND due_on < :week THEN 1 END) AS week,
  count(CASE WHEN NOT off AND due_on >= :week THEN 1 END) AS later
FROM (SELECT d.due_on, EXISTS ({_OFF.format(what="1")}) AS off FROM deadline d
  WHERE {_MY_OPEN}) AS mine
"""
KEPT_FILTER = "SELECT chosen FROM kept_filter WHERE user_id = :user AND page = 'work'"
WAITING = """
SELECT i.*, u.name AS owner_name, a.name AS assigned_name, p.given_name, p.family_name
FROM action_item i JOIN agency a ON a.id = i.assigned_agency_id
JOIN user_account u ON u.id = i.owner_user_id JOIN person p ON p.id = i.person_id
WHERE i.set_by_id = :user AND i.state = 'open' AND i.owner_user_id <> :user LIMIT 500
"""
CHANGES = """
SELECT c.*, a.name AS agency_name, p.given_name, p.family_name FROM case_worker w
JOIN person_change c ON c.person_id = w.person_id AND c.at >= :since AND c.by_id <> :user
JOIN agency a ON a.id = c.owner_agency_id JOIN person p ON p.id = c.person_id
WHERE w.user_id = :user AND w.state = 1 AND w.ends_at > :at ORDER BY c.at DESC, c.id DESC LIMIT 10
"""
JURISDICTION = "SELECT jurisdiction FROM area WHERE id = :area"
KEPT = "SELECT * FROM kept_search WHERE id = :search AND session_id = :session"
KEYS = """
SELECT k.person_id, k.value FROM name_key k
JOIN reach r ON r.person_id = k.person_id AND r.agency_id = :agency AND r.ends_at > :at
WHERE k.value IN ({values})
"""
FOUND = f"SELECT {_PERSON} FROM person p {_WITH_LEAD} WHERE p.id IN ({{ids}})"
ALIASES = "SELECT id, person_id, name FROM alias WHERE person_id IN ({ids}) ORDER BY id"
