/*
 * Finds where a token, a request target or a field value ends, 16 octets at
 * a time where the processor can.
 */

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "http1_scan.h"

/* clang-format off */
#define X HTTP1_TEXT				/* never anything else */
#define T (HTTP1_TEXT | HTTP1_TCHAR)
#define H (T | HTTP1_HOST)
#define P (H | HTTP1_V6)			/* . */
#define C (HTTP1_TEXT | HTTP1_V6)		/* : */
#define D (H | HTTP1_V6 | HTTP1_DIGIT)
#define A (H | HTTP1_V6)			/* a-f */

const uint8_t http1_class[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, X, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
/*	SP !  "  #  $  %  &  '  (  )  *  +  ,  -  .  / */
	X, T, X, T, T, T, T, T, X, X, T, T, X, H, P, X,
/*	0  1  2  3  4  5  6  7  8  9  :  ;  <  =  >  ? */
	D, D, D, D, D, D, D, D, D, D, C, X, X, X, X, X,
/*	@  A  B  C  D  E  F  G  H  I  J  K  L  M  N  O */
	X, A, A, A, A, A, A, H, H, H, H, H, H, H, H, H,
/*	P  Q  R  S  T  U  V  W  X  Y  Z  [  \  ]  ^  _ */
	H, H, H, H, H, H, H, H, H, H, H, X, X, X, T, H,
/*	`  a  b  c  d  e  f  g  h  i  j  k  l  m  n  o */
	T, A, A, A, A, A, A, H, H, H, H, H, H, H, H, H,
/*	p  q  r  s  t  u  v  w  x  y  z  {  |  }  ~ DEL */
	H, H, H, H, H, H, H, H, H, H, H, X, T, X, H, 0,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
};

#undef X
#undef T
#undef H
#undef P
#undef C
#undef D
#undef A
/* clang-format on */

/* The first octet from p on that can't be part of a token, or end. */
const char *
http1_scan_token(const char *p, const char *end)
{
	while (p < end && http1_is(*p, HTTP1_TCHAR))
		p++;
	return p;
}

/* The first octet from p on that a field value can't hold, or end. */
const char *
http1_scan_text(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i ctl = _mm_set1_epi8(0x1f);
	const __m128i tab = _mm_set1_epi8('\t');
	const __m128i del = _mm_set1_epi8(0x7f);
	__m128i x, bad;
	int mask;

	for (; end - p >= 16; p += 16) {
		x = _mm_loadu_si128((const __m128i *)(const void *)p);
		bad = _mm_cmpeq_epi8(_mm_min_epu8(x, ctl), x);
		bad = _mm_andnot_si128(_mm_cmpeq_epi8(x, tab), bad);
		bad = _mm_or_si128(bad, _mm_cmpeq_epi8(x, del));
		mask = _mm_movemask_epi8(bad);
		if (mask != 0)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && http1_is(*p, HTTP1_TEXT))
		p++;
	return p;
}

/* Visible in ASCII, and not '#'; char may be signed or not. */
static int
is_visible(char c)
{
	return c >= '!' && c <= '~' && c != '#';
}

/*
 * The first octet from p on that a request target can't hold, or end: any but
 * the visible ones of ASCII, and '#', for a fragment is never sent.
 */
const char *
http1_scan_target(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i space = _mm_set1_epi8(' ');
	const __m128i hash = _mm_set1_epi8('#');
	const __m128i del = _mm_set1_epi8(0x7f);
	__m128i x, bad;
	int mask;

	for (; end - p >= 16; p += 16) {
		x = _mm_loadu_si128((const __m128i *)(const void *)p);
		bad = _mm_or_si128(_mm_cmpeq_epi8(x, hash),
		    _mm_cmpeq_epi8(x, del));
		mask = _mm_movemask_epi8(bad) |
		    (0xffff ^ _mm_movemask_epi8(_mm_cmpgt_epi8(x, space)));
		if (mask != 0)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && is_visible(*p))
		p++;
	return p;
}
