import pytest

from mappa.rules.levels import (
    CATEGORIES,
    LEVEL_NAMES,
    GroupAtRisk,
    Jurisdiction,
    MappaLevel,
    RiskBand,
    category,
    check_category_and_level,
    overall_band,
)

EW, SC = Jurisdiction.ENGLAND_WALES, Jurisdiction.SCOTLAND


class TestCheckCategoryAndLevel:
    @pytest.mark.parametrize("jurisdiction", Jurisdiction)
    def test_category_3_is_never_at_level_1(self, jurisdiction):
        broken = check_category_and_level(jurisdiction, 3, 1)

        assert broken is not None
        assert broken.rule_id == "CAT3-NOL1"
        assert "level 2 or 3" in broken.sentence

    @pytest.mark.parametrize("level", [2, 3])
    @pytest.mark.parametrize("jurisdiction", Jurisdiction)
    def test_category_3_is_managed_at_the_other_levels(self, jurisdiction, level):
        assert check_category_and_level(jurisdiction, 3, level) is None

    @pytest.mark.parametrize("level", [1, 2, 3])
    @pytest.mark.parametrize(
        ("jurisdiction", "number"), [(EW, 1), (EW, 2), (EW, 4), (SC, 1), (SC, 2)]
    )
    def test_every_other_category_is_managed_at_every_level(self, jurisdiction, number, level):
        assert check_category_and_level(jurisdiction, number, level) is None

    @pytest.mark.parametrize(("jurisdiction", "number"), [(SC, 4), (EW, 5), (EW, 0)])
    def test_a_category_the_jurisdiction_has_not_is_refused(self, jurisdiction, number):
        broken = check_category_and_level(jurisdiction, number, 2)

        assert broken is not None
        assert broken.rule_id == "CATEGORY-KNOWN"
        assert jurisdiction.words in broken.sentence

    @pytest.mark.parametrize("level", [0, 4])
    def test_a_level_that_does_not_exist_is_refused(self, level):
        broken = check_category_and_level(EW, 1, level)

        assert broken is not None
        assert broken.rule_id == "LEVEL-KNOWN"


class TestCategories:
    def test_england_and_wales_have_four_and_scotland_three(self):
        assert [c.number for c in CATEGORIES[EW]] == [1, 2, 3, 4]
        assert [c.number for c in CATEGORIES[SC]] == [1, 2, 3]

    def test_each_says_how_one_comes_into_it_and_by_what_law(self):
        assert all(c.identified and c.source for found in CATEGORIES.values() for c in found)

    def test_are_named_with_their_number(self):
        assert category(SC, 2).words == "Category 2: restricted patient"


class TestJurisdiction:
    def test_scotland_says_individual(self):
        assert (EW.subject, SC.subject) == ("offender", "individual")

    @pytest.mark.parametrize("jurisdiction", Jurisdiction)
    def test_names_every_level(self, jurisdiction):
        assert set(LEVEL_NAMES[jurisdiction]) == set(MappaLevel)


class TestRiskBand:
    def test_goes_from_very_high_to_not_assessed(self):
        assert sorted(RiskBand, key=lambda band: -band.rank) == list(RiskBand)

    def test_says_not_assessed_in_words(self):
        assert [band.words for band in RiskBand] == [
            "Very high",
            "High",
            "Medium",
            "Low",
            "Not assessed",
        ]

    def test_overall_is_the_highest_of_the_groups(self):
        bands = [RiskBand.LOW, RiskBand.HIGH, RiskBand.NOT_ASSESSED, RiskBand.MEDIUM]

        assert overall_band(bands) is RiskBand.HIGH

    @pytest.mark.parametrize("bands", [[], [RiskBand.NOT_ASSESSED]], ids=["no group", "unrated"])
    def test_nothing_rated_is_not_assessed_and_never_low(self, bands):
        assert overall_band(bands) is RiskBand.NOT_ASSESSED

    def test_a_known_adult_is_a_group_in_words(self):
        assert GroupAtRisk.KNOWN_ADULT.words == "Known adult"
