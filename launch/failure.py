"""The one way in which a command gives up: a sentence for the person who started it."""


class Failure(Exception):
    """A sentence that says what is wrong and what to do, and the exit code that goes with it."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class SetUpFailure(Failure):
    """Something that Hamraz needs could not be installed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, exit_code=3)
