"""The people who answer, how they sign in, and who visitors say they are."""
