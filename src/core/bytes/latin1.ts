/** Node's own slice, without the argument checks of toString that cost more than a short slice itself. */
interface Slices {
	latin1Slice(from: number, to: number): string;
}

/** The octets buf[from, to) one a character. */
export function latin1(buf: Buffer, from: number, to: number): string {
	return (buf as unknown as Slices).latin1Slice(from, to);
}
