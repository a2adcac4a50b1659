"""What is added to a visit while it is still a draft: cards, photographs and documents."""
