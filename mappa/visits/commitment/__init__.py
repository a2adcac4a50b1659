"""How often a person is to be visited by an agency, and by when therefore the next visit is due."""
