/** A sequence of numbers that looks random and is the same for the same seed. */
export interface Random {
	/** from 0 up to but not 1 */
	next(): number;
	/** a whole number from 0 up to but not `n` */
	below(n: number): number;
	/** so many octets as lower-case hexadecimal */
	hex(octets: number): string;
}

/** A 32-bit number that depends on all of the parts: FNV-1a, mixed at the end as in MurmurHash3. */
export function hash(...parts: readonly (string | number)[]): number {
	let value = 0x811c9dc5;
	for (const part of parts) {
		const text = typeof part === "number" ? String(part) : part;
		for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
		value = Math.imul(value ^ 0x1f, 0x01000193);
	}
	value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
	value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
	return (value ^ (value >>> 16)) >>> 0;
}

/** One sequence (splitmix32) for each seed. */
export function seeded(seed: number): Random {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x9e3779b9) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
		mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
		return ((mixed ^ (mixed >>> 15)) >>> 0) / 4294967296;
	};
	const below = (n: number): number => Math.floor(next() * n);
	return {
		next,
		below,
		hex: (octets) => Array.from({ length: octets }, () => below(256).toString(16).padStart(2, "0")).join(""),
	};
}
