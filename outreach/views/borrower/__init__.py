"""The borrower's pages: no cookies, no sign-in; the token of a link says whose page it is."""
