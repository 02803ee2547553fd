"""Commands that are called like functions, and the sweeps made from them."""
