/** Numbers with units, as rule files write them. Each gives undefined for what it does not understand. */

const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, m: 60, h: 3600 };
const OCTETS: Readonly<Record<string, number>> = {
	"": 1,
	b: 1,
	k: 1e3,
	kb: 1e3,
	kib: 1 << 10,
	m: 1e6,
	mb: 1e6,
	mib: 1 << 20,
	g: 1e9,
	gb: 1e9,
	gib: 2 ** 30,
};
const BITS: Readonly<Record<string, number>> = { bit: 1 / 8, kbit: 125, mbit: 125_000, gbit: 125_000_000 };

/** What those texts look like, for the JSON Schema. */
export const DURATION_PATTERN = "^[0-9]+(\\.[0-9]+)?(us|ms|s|min|m|h)$";
export const SIZE_PATTERN = "^[0-9]+(\\.[0-9]+)?( ?([kKmMgG]([iI]?[bB])?|[bB]))?$";
export const RATE_PATTERN = "^[0-9]+(\\.[0-9]+)?( ?([kKmMgG]?([iI]?[bB]|bit)))?(/s)?$";
export const PERCENT_PATTERN = "^[0-9]+(\\.[0-9]+)?%$";

/** "200ms", "1.5s", "2min" → seconds. */
export function durationOf(text: string): number | undefined {
	const [number, unit] = parts(text);
	const factor = unit === undefined ? undefined : SECONDS[unit];
	return factor === undefined ? undefined : number! * factor;
}

/** "10KB", "1.5MiB", "300" → octets, rounded. */
export function sizeOf(text: string): number | undefined {
	const [number, unit] = parts(text);
	const factor = unit === undefined ? undefined : OCTETS[unit.toLowerCase()];
	return factor === undefined ? undefined : Math.round(number! * factor);
}

/** "56kbit/s", "10KB/s" → octets a second. */
export function rateOf(text: string): number | undefined {
	const [number, unit] = parts(text.replace(/\/s$/, ""));
	const lower = unit?.toLowerCase();
	const factor = lower === undefined ? undefined : (BITS[lower] ?? OCTETS[lower]);
	return factor === undefined ? undefined : number! * factor;
}

/** "5%" → 0.05. */
export function percentageOf(text: string): number | undefined {
	const [number, unit] = parts(text);
	return unit === "%" ? number! / 100 : undefined;
}

function parts(text: string): [number, string] | [undefined, undefined] {
	const found = /^([0-9]{1,15}(?:\.[0-9]{1,15})?) ?([A-Za-z%]{0,5})$/.exec(text);
	return found === null ? [undefined, undefined] : [Number(found[1]), found[2]!];
}
