/** Money as people write it. Pure. The service tells amounts as text, so that nothing rounds them on the way. */

/** "€49.90"; nothing where there is no value. */
export function money(value: string | null, currency: string | null, locale: string): string {
  if (value === null || currency === null) return "";
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 4 });
  return format.format(value as unknown as number); // a text of digits is taken exactly (ECMA-402)
}
