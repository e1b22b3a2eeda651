const keyOctets = new Uint8Array(4);
const keyWord = new Uint32Array(keyOctets.buffer);

/** Blocks that are kept for the next message; larger ones are left to the garbage collector. */
const KEEP = 1 << 20;

let spare: Buffer | null = null;

/**
 * A block of at least `octets` octets for the duration of one call; give it back afterwards.
 * There is one spare: who asks while it is out gets a fresh one, so nested decoders do not harm each other.
 */
export function takeBlock(octets: number): Buffer {
	const block = spare;
	if (block === null || block.length < octets) return Buffer.from(new ArrayBuffer(Math.max(16 << 10, (octets + 7) & ~7)));
	spare = null;
	return block;
}

export function giveBackBlock(block: Buffer): void {
	if (block.length <= KEEP && (spare === null || spare.length < block.length)) spare = block;
}

/**
 * Copies from[start, end) to the start of `block`, XORed with the mask key from[maskAt, maskAt + 4) (RFC 6455 §5.3).
 * Word by word: a block starts at a word boundary, and a word has the four key octets in the order of the machine.
 */
export function unmask(from: Buffer, maskAt: number, start: number, end: number, block: Buffer): void {
	const length = from.copy(block, 0, start, end);
	for (let i = 0; i < 4; i++) keyOctets[i] = from[maskAt + i] as number;
	const key = keyWord[0] as number;
	if (key === 0) return;
	const words = new Uint32Array(block.buffer, block.byteOffset, length >> 2);
	for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ key;
	for (let i = length & ~3; i < length; i++) block[i] = (block[i] as number) ^ (keyOctets[i & 3] as number);
}
