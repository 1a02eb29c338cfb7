"""Statistics of made-up reader studies by scipy, statsmodels, pingouin, krippendorff and irrCAC, with ties and holes."""

import itertools
import warnings

import krippendorff
import numpy as np
import pandas as pd
import pingouin
from irrCAC.raw import CAC
from scipy import optimize, stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import fleiss_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import ttost_paired

from output import write

# Shrout and Fleiss 1979, table 2: six subjects, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
QUESTIONS = 28


def digits(value: float) -> float:
    """12 significant digits: more than any tolerance of the tests asks for."""
    return float(f"{float(value):.12g}")


def accuracies(random: np.random.Generator, *means: float, surveys: int = 30) -> np.ndarray:
    """Shares of right answers of one column for each mean; multiples of 1/28, so that there are ties."""
    survey = random.normal(scale=0.05, size=(surveys, 1))
    chance = np.clip(np.asarray(means) + survey, 0.02, 0.98)
    return random.binomial(QUESTIONS, chance) / QUESTIONS


def paired_t(random: np.random.Generator) -> list[dict]:
    cases = []
    for surveys, means in ((30, (0.81, 0.5)), (30, (0.6, 0.6)), (7, (0.7, 0.6)), (2, (0.8, 0.4))):
        table = accuracies(random, *means, surveys=surveys)
        result = stats.ttest_rel(table[:, 0], table[:, 1])
        interval = result.confidence_interval(0.95)
        wide = result.confidence_interval(0.99)
        cases.append(
            {
                "first": table[:, 0].tolist(),
                "second": table[:, 1].tolist(),
                "t": digits(result.statistic),
                "df": int(result.df),
                "p": digits(result.pvalue),
                "interval": [digits(interval.low), digits(interval.high)],
                "interval_99": [digits(wide.low), digits(wide.high)],
            }
        )
    return cases


def icc(random: np.random.Generator) -> list[dict]:
    tables = [
        np.asarray(SHROUT_FLEISS, dtype=float),
        accuracies(random, 0.81, 0.55, 0.45),
        accuracies(random, 0.5, 0.6),
        accuracies(random, 0.7, 0.7, 0.7, 0.7, surveys=6),
        random.normal(size=(12, 2)) + 3 * random.normal(size=(12, 1)),
    ]
    pingouin.options["round.column.CI95"] = None
    cases = []
    for table in tables:
        rows, columns = table.shape
        long = pd.DataFrame(
            [(i, j, table[i, j]) for i, j in itertools.product(range(rows), range(columns))],
            columns=["survey", "group", "accuracy"],
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = pingouin.intraclass_corr(long, targets="survey", raters="group", ratings="accuracy")
        answer = answer.set_index("Type")
        interval = "CI95" if "CI95" in answer else "CI95%"
        case = {"table": table.tolist()}
        names = {
            "one_way": ("ICC(1,1)", "ICC(1,k)"),
            "agreement": ("ICC(A,1)", "ICC(A,k)"),
            "consistency": ("ICC(C,1)", "ICC(C,k)"),
        }
        for name, (single, average) in names.items():
            case[name] = {
                "single": digits(answer.loc[single, "ICC"]),
                "average": digits(answer.loc[average, "ICC"]),
                "single_interval": [digits(end) for end in answer.loc[single, interval]],
                "average_interval": [digits(end) for end in answer.loc[average, interval]],
                "f": digits(answer.loc[single, "F"]),
                "p": digits(answer.loc[single, "pval"]),
            }
        cases.append(case)
    return cases


def wilson() -> list[dict]:
    cases = []
    for right, total, level in ((114, 140, 0.95), (0, 28, 0.95), (28, 28, 0.95), (1, 2, 0.9), (500, 1680, 0.99)):
        low, high = proportion_confint(right, total, alpha=1 - level, method="wilson")
        cases.append({"right": right, "total": total, "level": level, "interval": [digits(low), digits(high)]})
    return cases


def power() -> dict:
    solver = TTestPower()
    powers = [
        {"effect": effect, "pairs": pairs, "alpha": alpha, "power": digits(solver.power(effect, pairs, alpha))}
        for effect, pairs, alpha in (
            (10 / 15, 30, 0.05),
            (0.2, 30, 0.05),
            (0.0, 12, 0.05),
            (1.5, 4, 0.01),
            (-0.5, 50, 0.05),
            (0.05, 2000, 0.05),
        )
    ]
    sizes = [
        {
            "effect": effect,
            "power": target,
            "pairs": int(np.ceil(solver.solve_power(effect_size=effect, power=target, alpha=0.05))),
        }
        for effect, target in ((10 / 15, 0.95), (10 / 15, 0.8), (0.2, 0.9), (0.05, 0.8))
    ]
    grid = [
        {"t": t, "df": df, "shift": shift, "cdf": digits(stats.nct.cdf(t, df, shift))}
        for t, df, shift in (
            (2.045, 29, 3.65),
            (-2.045, 29, 3.65),
            (0.0, 5, 1.0),
            (1.0, 1, 0.5),
            (1.5, 3, -2.0),
            (12.0, 29, 10.0),
            (40.0, 100, 39.0),
        )
    ]
    return {"powers": powers, "sizes": sizes, "noncentral_t": grid}


def mcnemar_pairs() -> list[dict]:
    cases = []
    for first, second in ((5, 15), (15, 5), (7, 7), (0, 6), (0, 1), (0, 0), (30, 61), (300, 340)):
        exact = mcnemar([[10, first], [second, 10]], exact=True).pvalue
        # Fagerland, Lydersen and Laake 2013: half of the probability of what was seen is taken off each tail.
        discordant = first + second
        seen = stats.binom.pmf(first, discordant, 0.5)
        mid = 1.0 if discordant == 0 else exact - (0.5 * seen if first == second else seen)
        cases.append({"first": first, "second": second, "exact": digits(exact), "mid_p": digits(mid)})
    return cases


def answers_of_raters(random: np.random.Generator) -> dict:
    truth = np.arange(35) % 7
    raters = np.where(random.random((35, 6)) < 0.5, truth[:, None], random.integers(0, 7, (35, 6)))
    counts = np.stack([(raters == label).sum(axis=1) for label in range(7)], axis=1)
    holes = raters.astype(float)
    holes[random.random(holes.shape) < 0.2] = np.nan
    holes[3] = np.nan
    holes[4, 1:] = np.nan
    # Rounded to five decimals by the package.
    fleiss = CAC(pd.DataFrame(raters)).fleiss()["est"]
    return {
        "answers": raters.tolist(),
        "fleiss": digits(fleiss_kappa(counts, method="fleiss")),
        "fleiss_standard_error": digits(fleiss["se"]),
        "fleiss_interval": [digits(end) for end in fleiss["confidence_interval"]],
        "alpha": digits(krippendorff.alpha(reliability_data=raters.T, level_of_measurement="nominal")),
        "with_holes": [[None if np.isnan(value) else int(value) for value in row] for row in holes],
        "alpha_with_holes": digits(krippendorff.alpha(reliability_data=holes.T, level_of_measurement="nominal")),
    }


def holm() -> list[dict]:
    families = ([0.01, 0.04, 0.03, 0.005], [0.02, 0.02, 0.02], [0.9, 0.001, 1.0, 0.5, 0.0], [0.3])
    return [
        {"p": family, "adjusted": [digits(p) for p in multipletests(family, method="holm")[1]]} for family in families
    ]


def non_inferiority(random: np.random.Generator) -> list[dict]:
    cases = []
    for means, margin in (((0.8, 0.8), 0.1), ((0.5, 0.6), 0.1), ((0.78, 0.8), 0.03)):
        table = accuracies(random, *means)
        first, second = table[:, 0], table[:, 1]
        one_sided = stats.ttest_1samp(first - second, -margin, alternative="greater")
        equivalence, below, above = ttost_paired(first, second, -margin, margin)
        lower = stats.ttest_1samp(first - second, 0, alternative="greater").confidence_interval(0.95).low
        assert np.isclose(one_sided.pvalue, below[1])
        cases.append(
            {
                "first": first.tolist(),
                "second": second.tolist(),
                "margin": margin,
                "t": digits(one_sided.statistic),
                "p": digits(one_sided.pvalue),
                "lower": digits(lower),
                "p_equivalence": digits(equivalence),
            }
        )
    return cases


def paired_proportions() -> list[dict]:
    """Tango 1998 from its definition: the likelihood is maximised numerically, not by his formula."""

    def z(first: int, second: int, pairs: int, difference: float) -> float:
        def slope(only_second: float) -> float:
            both = pairs - first - second
            return (
                first / (only_second + difference)
                + second / only_second
                - 2 * both / (1 - 2 * only_second - difference)
            )

        low, high = max(0.0, -difference) + 1e-15, (1 - difference) / 2 - 1e-15
        # Where nothing was seen the likelihood only falls, and its maximum is at the end.
        best = low if slope(low) <= 0 else optimize.brentq(slope, low, high, xtol=1e-16, rtol=1e-14)
        variance = 2 * best + difference - difference**2
        return (first - second - pairs * difference) / np.sqrt(pairs * variance)

    cases = []
    tables = ((9, 2, 32, 0.1), (2, 9, 32, 0.1), (5, 5, 140, 0.05), (0, 0, 44, 0.1), (40, 12, 140, 0.05))
    for first, second, pairs, margin in tables:
        score = z(first, second, pairs, -margin)
        limit = stats.norm.ppf(0.975)
        estimate = (first - second) / pairs
        low = optimize.brentq(lambda d: z(first, second, pairs, d) - limit, -0.999, estimate - 1e-9)
        high = optimize.brentq(lambda d: z(first, second, pairs, d) + limit, estimate + 1e-9, 0.999)
        cases.append(
            {
                "only_first": first,
                "only_second": second,
                "pairs": pairs,
                "margin": margin,
                "z": digits(score),
                "p": digits(stats.norm.sf(score)),
                "interval": [digits(low), digits(high)],
            }
        )
    return cases


def mean_and_variance(first: list, second: list) -> tuple[float, float]:
    """Difference of two accuracies and its variance (Gallas 2006), pair by pair from the definition."""
    readings = [(1 / len(first), 0, r) for r in first] + [(-1 / len(second), 1, r) for r in second]
    kinds: dict = {}
    for (_, a, (reader, image, right)), (_, b, (other_reader, other_image, other_right)) in itertools.product(
        readings, readings
    ):
        kind = (*sorted((a, b)), reader == other_reader, image == other_image)
        total, count = kinds.get(kind, (0.0, 0))
        kinds[kind] = (total + right * other_right, count + 1)
    variance = 0.0
    for (weight, a, (reader, image, _)), (other_weight, b, (other_reader, other_image, _)) in itertools.product(
        readings, readings
    ):
        key = tuple(sorted((a, b)))
        total, count = kinds[(*key, reader == other_reader, image == other_image)]
        apart_total, apart_count = kinds[(*key, False, False)]
        variance += weight * other_weight * (total / count - apart_total / apart_count)
    return sum(weight * right for weight, _, (_, _, right) in readings), variance


def reader_by_image(random: np.random.Generator) -> dict:
    readers, images = 5, 12
    ease, skill = random.normal(size=images), random.normal(scale=0.5, size=readers)

    def draw(reader: int, image: int, bonus: float) -> int:
        return int(random.random() < stats.norm.cdf(ease[image] + skill[reader] + bonus))

    crossed = [[(r, i, draw(r, i, bonus)) for r in range(readers) for i in range(images)] for bonus in (0.8, 0.0)]
    difference = pd.DataFrame(
        [(r, i, one - other) for (r, i, one), (_, _, other) in zip(*crossed, strict=True)], columns=["r", "i", "d"]
    )
    table = anova_lm(ols("d ~ C(r) + C(i)", difference).fit())
    squares = table["sum_sq"] / table["df"]
    by_anova = (squares["C(r)"] + squares["C(i)"] - squares["Residual"]) / (readers * images)
    value, variance = mean_and_variance(*crossed)
    assert np.isclose(by_anova, variance)

    # Each reader sees half of the images, and the two groups have other readers.
    apart = []
    for group in range(2):
        group_skill = random.normal(scale=0.5, size=6)
        readings = []
        for reader in range(6):
            for image in range(images):
                if (image + reader) % 2 == 0:
                    chance = stats.norm.cdf(ease[image] + group_skill[reader] + 0.5 * (1 - group))
                    readings.append((10 * group + reader, image, int(random.random() < chance)))
        apart.append(readings)
    apart_value, apart_variance = mean_and_variance(*apart)
    return {
        "crossed": {
            "first": crossed[0],
            "second": crossed[1],
            "difference": digits(value),
            "variance": digits(by_anova),
        },
        "apart": {
            "first": apart[0],
            "second": apart[1],
            "difference": digits(apart_value),
            "variance": digits(apart_variance),
        },
    }


def all_study() -> None:
    random = np.random.default_rng(20210902)
    write(
        "study",
        {
            "paired_t": paired_t(random),
            "icc": icc(random),
            "wilson": wilson(),
            "power": power(),
            "mcnemar": mcnemar_pairs(),
            "raters": answers_of_raters(random),
            "holm": holm(),
            "non_inferiority": non_inferiority(random),
            "paired_proportions": paired_proportions(),
            "reader_by_image": reader_by_image(random),
        },
    )
