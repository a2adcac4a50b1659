"""Areas, agencies, teams, users, postings, sign-in and sessions."""
