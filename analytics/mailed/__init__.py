"""Reports by e-mail: every day, week or month, in the local morning, once to everybody who wants them."""
