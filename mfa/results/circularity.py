"""Circularity figures that need more than the flows of one year: formulas, ready to be called.

A run gives what it can (`circular-material-use`, `iso59020-…`); a product's life, its
collection and its recycling lie outside the park, so that these functions take them as numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

UTILITY = 0.9  # the factor a of the material circularity indicator: F(X) = 0.9 / X


def circular_material_use(recovered: float, bought: float, sold: float, consumption: float) -> float:
    """CMU = U ÷ (DMC + U), U = RCV - waste bought + waste sold (Eurostat cei_srm030).

    Parameters
    ----------
    recovered : RCV, waste recovered as material, without energy recovery and backfill, t
    bought, sold : waste that crosses the line, t
    consumption : DMC, domestic material consumption, t

    Examples
    --------
    >>> round(circular_material_use(2.0, 0.1, 0.3, 12.0), 6)
    0.15493
    """
    used = recovered - bought + sold
    return used / (consumption + used)


@dataclass(frozen=True)
class ProductCycle:
    """Where the material of a product comes from and where it goes, as shares of its mass.

    Symbols of the Material Circularity Indicator (Ellen MacArthur Foundation and Granta 2015,
    revised 2019): feedstock recycled F_R, reused F_U, from sustained production F_S; collected
    for recycling C_R, for reuse C_U, for composting C_C, for energy recovery C_E; efficiency of
    recycling at the end E_C and of the feedstock E_F; utility X = (L/L_av)·(U/U_av).
    """

    mass: float = 1.0
    f_r: float = 0.0
    f_u: float = 0.0
    f_s: float = 0.0
    c_r: float = 0.0
    c_u: float = 0.0
    c_c: float = 0.0
    c_e: float = 0.0
    e_c: float = 1.0
    e_f: float = 1.0
    utility: float = 1.0

    @property
    def virgin(self) -> float:
        """V = M(1 - F_R - F_U - F_S)."""
        return self.mass * (1 - self.f_r - self.f_u - self.f_s)

    @property
    def waste(self) -> float:
        """W = W₀ + (W_F + W_C)/2, unrecoverable waste."""
        lost = self.mass * (1 - self.c_r - self.c_u - self.c_c - self.c_e)
        return lost + (self._of_feedstock + self._of_collection) / 2

    @property
    def _of_feedstock(self) -> float:
        return self.mass * (1 - self.e_f) * self.f_r / self.e_f

    @property
    def _of_collection(self) -> float:
        return self.mass * (1 - self.e_c) * self.c_r

    @property
    def linear_flow(self) -> float:
        """LFI = (V + W) ÷ (2M + (W_F - W_C)/2)."""
        return (self.virgin + self.waste) / (2 * self.mass + (self._of_feedstock - self._of_collection) / 2)

    @property
    def circularity(self) -> float:
        """MCI = max(0, 1 - LFI · 0.9/X).

        >>> round(ProductCycle(f_r=0.25, c_r=0.6, e_c=0.9, e_f=0.8).circularity, 9)
        0.455277951
        """
        return max(0.0, 1 - self.linear_flow * UTILITY / self.utility)


@dataclass(frozen=True)
class MetalCycle:
    """The flows of a metal in the letters of Graedel et al. 2011 (J. Ind. Ecol. 15(3):355-366).

    d metal in products at their end, e collected, g recycled as the metal, f recycled into other
    metals, h new scrap, a primary input, j scrap in fabrication, m scrap in production.

    >>> mg = MetalCycle(d=20, e=15, g=12, f=2, h=10, a=50, j=8, m=14)
    >>> mg.collection, mg.efficiency, mg.end_of_life, mg.non_functional
    (0.75, 0.8, 0.6, 0.1)
    >>> round(mg.recycled_content, 6), round(mg.old_scrap, 6)
    (0.305556, 0.545455)
    """

    d: float
    e: float
    g: float
    f: float
    h: float
    a: float
    j: float
    m: float

    @property
    def collection(self) -> float:
        """CR = e/d, old-scrap collection rate."""
        return self.e / self.d

    @property
    def efficiency(self) -> float:
        """g/e, recycling process efficiency rate."""
        return self.g / self.e

    @property
    def end_of_life(self) -> float:
        """EOL-RR = g/d, end-of-life recycling rate."""
        return self.g / self.d

    @property
    def non_functional(self) -> float:
        """f/d, non-functional end-of-life recycling rate."""
        return self.f / self.d

    @property
    def recycled_content(self) -> float:
        """RC = (j + m) ÷ (a + j + m)."""
        return (self.j + self.m) / (self.a + self.j + self.m)

    @property
    def old_scrap(self) -> float:
        """OSR = g ÷ (g + h), old-scrap ratio."""
        return self.g / (self.g + self.h)
