"""Sentences of our own that catch what a mean F1 hides.

A name alone must not move the tone; not, never and but must; any length must be
answered. {} is the target.
"""

import numpy as np

from .text import Span

NAMES = (
    "Donald Trump", "Joe Biden", "Hillary Clinton", "Barack Obama", "Vladimir Putin", "Kim Jong Un", "Xi Jinping", "Angela Merkel",
    "Emmanuel Macron", "Boris Johnson", "Nancy Pelosi", "Mitch McConnell", "Bernie Sanders", "Ted Cruz", "Elon Musk", "Mark Zuckerberg",
    "Greta Thunberg", "Pope Francis", "Benjamin Netanyahu", "Viktor Orban", "Moon Jae-in", "Shinzo Abe", "Narendra Modi", "Bashar al-Assad",
    "Ana Duarte", "Tomas Lindqvist", "Grace Okafor", "Yusuf Demir", "Mei Tanaka", "Liam Carver", "Fatima Haddad", "Ravi Menon",
    "Elena Petrova", "Jonas Weber", "Chloe Marchand", "Samuel Adeyemi", "Nora Kelly", "Diego Fuentes", "Ingrid Solberg", "Peter Novak",
)

SWAPPED = (
    "{} arrived in Geneva on Tuesday for two days of talks.",
    "Aides said {} would speak to reporters after lunch.",
    "The committee praised {} for a patient and honest answer.",
    "Critics called {} a liar who had betrayed the voters.",
    "A court cleared {} of all charges.",
    "Investigators accused {} of hiding millions abroad.",
    "The letter was addressed to {} and signed by nine ministers.",
    "Crowds cheered as {} stepped off the train.",
    "{} lost the vote by a wide margin.",
    "In the view of the editors, {} handled the flood badly.",
    "Farmers thanked {} for the quick relief.",
    "The treaty that {} negotiated takes effect in June.",
)

PAIRS = (  # the first must be read as warmer than the second
    ("The minister praised {} for the plan.", "The minister did not praise {} for the plan; he attacked it."),
    ("{} kept every promise of the campaign.", "{} kept not one promise of the campaign."),
    ("{} is not corrupt, the inquiry found.", "{} is corrupt, the inquiry found."),
    ("Nobody doubts the courage of {}.", "Nobody believes in the courage of {}."),
    ("{} never lied to the court.", "{} lied to the court again and again."),
    ("The rival was booed, but {} was cheered.", "The rival was cheered, but {} was booed."),
    ("While others failed the refugees, {} saved hundreds.", "While others saved hundreds, {} failed the refugees."),
    ("Unlike his corrupt predecessor, {} is trusted.", "Unlike his trusted predecessor, {} is corrupt."),
    ("{} denied the baseless smear, and the judge agreed.", "{} smeared the judge with a baseless claim."),
    ("Far from a failure, {} turned out a fine leader.", "Far from a fine leader, {} turned out a failure."),
)


def run(tone, names: tuple[str, ...] = NAMES) -> dict:
    """Figures of a tone function, (text, target) -> [-1, 1]. name_swing is the
    mean, over sentences, of the mean distance of a name's tone from the
    sentence's mean; worst names the sentence and the name that stray most."""
    swings, worst = [], (0.0, "", "")
    for sentence in SWAPPED:
        tones = np.array([tone(*fill(sentence, n)) for n in names])
        apart = np.abs(tones - tones.mean())
        swings.append(float(apart.mean()))
        worst = max(worst, (round(float(apart.max()), 4), sentence, names[int(apart.argmax())]))
    ordered = {warm: tone(*fill(warm, "Nora Kelly")) - tone(*fill(cold, "Nora Kelly")) for warm, cold in PAIRS}
    return {
        "name_swing": round(float(np.mean(swings)), 4), "name_swing_worst": worst,
        "contrasts_right": sum(d > 0 for d in ordered.values()), "contrasts": len(PAIRS),
        "contrasts_wrong": [s for s, d in ordered.items() if d <= 0],
        "lengths": {n: round(tone(text, at), 4) for n, (text, at) in lengths().items()},
    }


def fill(sentence: str, name: str) -> tuple[str, Span]:
    at = sentence.index("{}")
    return sentence.replace("{}", name), Span(at, at + len(name))


def lengths() -> dict[str, tuple[str, Span]]:
    """One word; three hundred, with the target at the start and at the end;
    a target of white space; nothing at all."""
    long = "officials and residents said the meeting went on as planned " * 30
    end = long + "with Kelly"
    return {
        "one word": ("Kelly", Span(0, 5)),
        "300 words, target first": ("Kelly and " + long, Span(0, 5)),
        "300 words, target last": (end, Span(len(end) - 5, len(end))),
        "white space": ("He left.  She stayed.", Span(8, 10)),
        "empty": ("", Span(0, 0)),
    }
