"""Reads a line of JSON per actor: the daily means of each of its streams, of which
the first is the stream with a change of mix as it is without. Prints what PELT
(Killick, Fearnhead and Eckley 2012; ruptures 1.1.10) finds at the lowest penalty
that keeps a rate of false alarms."""

import json
import statistics
import sys

import ruptures

asked, before, quiet = (float(a) for a in sys.argv[1:4])
actors = [json.loads(line) for line in sys.stdin]
penalties = [0.02 * 1.3**k for k in range(24)]


def found(stream, penalty):
    """Counts change points not earlier than two days before the change."""
    means, days = stream["means"], stream["days"]
    cuts = ruptures.KernelCPD(kernel="linear", min_size=2).fit_predict(column(means), pen=penalty)[:-1]
    return sum(days[c] >= before - 2 for c in cuts)


def column(values):
    import numpy

    return numpy.array(values).reshape(-1, 1)


for penalty in penalties:
    rate = sum(found(a[1], penalty) for a in actors) / len(actors) * 365 / quiet
    if rate <= asked:
        break
parts = [sum(found(a[k], penalty) > 0 for a in actors) / len(actors) for k in range(1, len(actors[0]))]
added = [found(a[5], penalty) - found(a[0], penalty) for a in actors]
mix, error = statistics.fmean(added), statistics.pstdev(added) / len(actors) ** 0.5
print(json.dumps({"penalty": penalty, "rate": rate, "mix": mix, "error": error, "found": parts}))
