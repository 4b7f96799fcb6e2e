"""What the pages of statistics show: from an address to numbers in words, bars, a heat map and a map of the world."""
