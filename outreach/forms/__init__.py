"""What people send to outreach: borrowers from their page, staff from the desk."""
