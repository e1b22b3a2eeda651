export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** The header of one frame (RFC 6455 §5.2). One object is filled again and again. */
export class FrameHeader {
	fin = false;
	/** RSV1 is 4, RSV2 is 2, RSV3 is 1 */
	rsv = 0;
	opcode = 0;
	masked = false;
	/** where the mask key is, when there is one */
	maskAt = 0;
	/** octets of the header, mask key included */
	headerLength = 0;
	payloadLength = 0;
	/** the length is written in its shortest form and below 2^63 */
	lengthOk = true;

	get control(): boolean {
		return this.opcode >= 8;
	}

	get knownOpcode(): boolean {
		return this.opcode <= BINARY || (this.opcode >= CLOSE && this.opcode <= PONG);
	}

	/** Reads the header at buf[at]; false when it does not end before `end`. */
	read(buf: Buffer, at: number, end: number): boolean {
		if (end - at < 2) return false;
		const first = buf[at] as number;
		const second = buf[at + 1] as number;
		const short = second & 0x7f;
		this.masked = (second & 0x80) !== 0;
		const lengthOctets = short < 126 ? 0 : short === 126 ? 2 : 8;
		this.maskAt = at + 2 + lengthOctets;
		this.headerLength = 2 + lengthOctets + (this.masked ? 4 : 0);
		if (end - at < this.headerLength) return false;
		this.fin = (first & 0x80) !== 0;
		this.rsv = (first >> 4) & 7;
		this.opcode = first & 15;
		if (lengthOctets === 0) {
			this.payloadLength = short;
			this.lengthOk = true;
		} else if (lengthOctets === 2) {
			this.payloadLength = ((buf[at + 2] as number) << 8) | (buf[at + 3] as number);
			this.lengthOk = this.payloadLength >= 126;
		} else {
			const high = buf.readUInt32BE(at + 2);
			// Above 2^53 the sum is not exact, which does not matter: no stream has that many octets.
			this.payloadLength = high * 2 ** 32 + buf.readUInt32BE(at + 6);
			this.lengthOk = this.payloadLength > 0xffff && high < 0x80000000;
		}
		return true;
	}
}
