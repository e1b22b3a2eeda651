const HEX: readonly string[] = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));

/**
 * Sixteen octets a line: offset, hex in two groups, printable ASCII.
 * `total` is the number of octets on the wire: when it is more than are kept, a last line says so.
 */
export function hexdump(buf: Buffer, start: number, end: number, total: number, indent: string): string {
	let out = "";
	for (let row = start; row < end; row += 16) {
		const stop = Math.min(row + 16, end);
		let hex = "";
		let ascii = "";
		for (let at = row; at < row + 16; at++) {
			if (at === row + 8) hex += " ";
			if (at >= stop) {
				hex += "   ";
				continue;
			}
			const octet = buf[at]!;
			hex += ` ${HEX[octet]}`;
			ascii += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : ".";
		}
		out += `${indent}${(row - start).toString(16).padStart(8, "0")} ${hex}  ${ascii}\n`;
	}
	const missing = total - (end - start);
	return missing > 0 ? `${out}${indent}(${missing} more octets were not kept)\n` : out;
}
