/** Methods that toString() calls after it has looked up its encoding; that lookup costs as much as a header. */
interface Slices {
	latin1Slice(from: number, to: number): string;
	utf8Slice(from: number, to: number): string;
}

/** Octets buf[from, to) as a text of one character each. */
export function latin1(buf: Buffer, from: number, to: number): string {
	return (buf as unknown as Slices).latin1Slice(from, to);
}

/** Octets buf[from, to) as UTF-8, each wrong octet as U+FFFD. */
export function utf8(buf: Buffer, from: number, to: number): string {
	return (buf as unknown as Slices).utf8Slice(from, to);
}
