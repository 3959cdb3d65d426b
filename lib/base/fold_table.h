/* What characters are folded to; included by fold.c alone.
 *
 * Made by this rule from the Unicode character database: lower case, then the compatibility
 * decomposition without its combining marks; a Latin letter that does not decompose is the letter
 * of its name ("LATIN SMALL LETTER L WITH STROKE" gives l). By hand: ligatures, eszett, eth, thorn
 * and eng, the final sigma, and the typographic forms of apostrophe and hyphen. */
#ifndef TB_BASE_FOLD_TABLE_H
#define TB_BASE_FOLD_TABLE_H

#include <stdint.h>

/* A line of letters is 32 code points, as its mark says: */
/* clang-format off */

/* One letter per code point; `*` is in SPECIAL or stays. */
static const char LATIN[] =
    "aaaaaa*ceeeeiiiidnooooo*ouuuuy**" /* U+00C0 */
    "aaaaaa*ceeeeiiiidnooooo*ouuuuy*y" /* U+00E0 */
    "aaaaaaccccccccddddeeeeeeeeeegggg" /* U+0100 */
    "gggghhhhiiiiiiiiii**jjkkklllllll" /* U+0120 */
    "lllnnnnnnn**oooooo**rrrrrrssssss" /* U+0140 */
    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs" /* U+0160 */
    "bbbb***ccdddd****ffg***ikkl**nno" /* U+0180 */
    "oo**pp*****ttttuu*vyyzz********w" /* U+01A0 */
    "*************aaiioouuuuuuuuuu*aa" /* U+01C0 */
    "aa**ggggkkoooo**j***gg*wnnaa**oo" /* U+01E0 */
    "aaaaeeeeiiiioooorrrruuuussttyyhh" /* U+0200 */
    "nd**zzaaeeooooooooyylnt***acclts" /* U+0220 */
    "z**b**eejjqqrryy***b*cdd********"; /* U+0240 */

static const char LATIN_MORE[] =
    "aabbbbbbccddddddddddeeeeeeeeeeff" /* U+1E00 */
    "gghhhhhhhhhhiiiikkkkkkllllllllmm" /* U+1E20 */
    "mmmmnnnnnnnnoooooooopppprrrrrrrr" /* U+1E40 */
    "ssssssssssttttttttuuuuuuuuuuvvvv" /* U+1E60 */
    "wwwwwwwwwwxxxxyyzzzzzzhtwyasss**" /* U+1E80 */
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee" /* U+1EA0 */
    "eeeeeeeeiiiioooooooooooooooooooo" /* U+1EC0 */
    "oooouuuuuuuuuuuuuuyyyyyyyy****yy"; /* U+1EE0 */

/* All that does not become one ASCII letter; sorted. */
static const struct special {
    uint16_t from;
    char to[6];
} SPECIAL[] = {
    {0x00aa, "a"}, {0x00b4, "'"}, {0x00b5, "μ"}, {0x00ba, "o"}, {0x00c6, "ae"}, {0x00de, "th"},
    {0x00df, "ss"}, {0x00e6, "ae"}, {0x00fe, "th"}, {0x0132, "ij"}, {0x0133, "ij"},
    {0x014a, "ng"}, {0x014b, "ng"}, {0x0152, "oe"}, {0x0153, "oe"}, {0x0184, "ƅ"}, {0x0186, "ɔ"},
    {0x018e, "ǝ"}, {0x018f, "ə"}, {0x0190, "ɛ"}, {0x0194, "ɣ"}, {0x0195, "hv"}, {0x0196, "ɩ"},
    {0x019c, "ɯ"}, {0x01a2, "ƣ"}, {0x01a6, "ʀ"}, {0x01a7, "ƨ"}, {0x01a9, "ʃ"}, {0x01b1, "ʊ"},
    {0x01b7, "ʒ"}, {0x01b8, "ƹ"}, {0x01bc, "ƽ"}, {0x01c4, "dz"}, {0x01c5, "dz"}, {0x01c6, "dz"},
    {0x01c7, "lj"}, {0x01c8, "lj"}, {0x01c9, "lj"}, {0x01ca, "nj"}, {0x01cb, "nj"},
    {0x01cc, "nj"}, {0x01e2, "ae"}, {0x01e3, "ae"}, {0x01ee, "ʒ"}, {0x01ef, "ʒ"}, {0x01f1, "dz"},
    {0x01f2, "dz"}, {0x01f3, "dz"}, {0x01f6, "hv"}, {0x01fc, "ae"}, {0x01fd, "ae"},
    {0x0222, "ou"}, {0x0223, "ou"}, {0x0241, "ɂ"}, {0x0244, "ʉ"}, {0x0245, "ʌ"},
    {0x02bc, "'"}, {0x0386, "α"}, {0x0387, "·"}, {0x0388, "ε"}, {0x0389, "η"}, {0x038a, "ι"},
    {0x038c, "ο"}, {0x038e, "υ"}, {0x038f, "ω"}, {0x0390, "ι"}, {0x03aa, "ι"}, {0x03ab, "υ"},
    {0x03ac, "α"}, {0x03ad, "ε"}, {0x03ae, "η"}, {0x03af, "ι"}, {0x03b0, "υ"}, {0x03c2, "σ"},
    {0x03ca, "ι"}, {0x03cb, "υ"}, {0x03cc, "ο"}, {0x03cd, "υ"}, {0x03ce, "ω"}, {0x0400, "е"},
    {0x0401, "е"}, {0x0403, "г"}, {0x0407, "і"}, {0x040c, "к"}, {0x040d, "и"}, {0x040e, "у"},
    {0x0419, "и"}, {0x0439, "и"}, {0x0450, "е"}, {0x0451, "е"}, {0x0453, "г"}, {0x0457, "і"},
    {0x045c, "к"}, {0x045d, "и"}, {0x045e, "у"}, {0x0476, "ѵ"}, {0x0477, "ѵ"}, {0x04c1, "ж"},
    {0x04c2, "ж"}, {0x04d0, "а"}, {0x04d1, "а"}, {0x04d2, "а"}, {0x04d3, "а"}, {0x04d6, "е"},
    {0x04d7, "е"}, {0x04da, "ә"}, {0x04db, "ә"}, {0x04dc, "ж"}, {0x04dd, "ж"}, {0x04de, "з"},
    {0x04df, "з"}, {0x04e2, "и"}, {0x04e3, "и"}, {0x04e4, "и"}, {0x04e5, "и"}, {0x04e6, "о"},
    {0x04e7, "о"}, {0x04ea, "ө"}, {0x04eb, "ө"}, {0x04ec, "э"}, {0x04ed, "э"}, {0x04ee, "у"},
    {0x04ef, "у"}, {0x04f0, "у"}, {0x04f1, "у"}, {0x04f2, "у"}, {0x04f3, "у"}, {0x04f4, "ч"},
    {0x04f5, "ч"}, {0x04f8, "ы"}, {0x04f9, "ы"}, {0x0587, "եւ"}, {0x1e9e, "ss"}, {0x1efa, "ỻ"},
    {0x1efc, "ỽ"}, {0x2010, "-"}, {0x2011, "-"}, {0x2012, "-"}, {0x2013, "-"}, {0x2014, "-"},
    {0x2015, "-"}, {0x2018, "'"}, {0x2019, "'"}, {0xfb00, "ff"}, {0xfb01, "fi"}, {0xfb02, "fl"},
    {0xfb03, "ffi"}, {0xfb04, "ffl"}, {0xfb05, "st"}, {0xfb06, "st"},
};

/* Capitals that lie a constant distance before their small letters. */
static const struct shift {
    uint16_t first, last, by;
} SHIFTS[] = {
    {0x0391, 0x03a1, 0x20}, /* Greek */
    {0x03a3, 0x03a9, 0x20}, /* Greek; a small final sigma has no capital */
    {0x0400, 0x040f, 0x50}, /* Cyrillic */
    {0x0410, 0x042f, 0x20}, /* Cyrillic */
    {0x04c0, 0x04c0, 0x0f}, /* Cyrillic palochka */
    {0x0531, 0x0556, 0x30}, /* Armenian */
};

/* Blocks in which each capital is directly followed by its small letter. */
static const struct alternate {
    uint16_t first, last;
} ALTERNATES[] = {
    {0x0460, 0x0480},
    {0x048a, 0x04be},
    {0x04c1, 0x04cd},
    {0x04d0, 0x052e},
};

/* clang-format on */

#endif
