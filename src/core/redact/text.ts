/** Text that people wrote: every letter becomes x, every digit 0, octets above 0x7F x; spaces, line ends and punctuation stay. */
export function mask(text: string): string {
	return text.replace(/[A-Za-z\x80-\xff]/g, "x").replace(/[0-9]/g, "0");
}

/** Contents that are no text. */
export function blank(text: string): string {
	return "x".repeat(text.length);
}
