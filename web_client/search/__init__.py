"""When words are alike, and the index of them. Knows neither who wrote them nor who looks for them."""
