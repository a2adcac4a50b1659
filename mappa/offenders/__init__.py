"""The shared record of a person: identity, addresses, offences, category, level, case team."""
