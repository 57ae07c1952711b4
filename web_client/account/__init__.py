"""Who one is: keys, settings, the verified log, what is known for certain and what is not, and the events by which the
rest tells what has changed. Knows no connection and no chat."""
