declare module "pcap-parser" {
	import type { EventEmitter } from "node:events";

	interface GlobalHeader {
		majorVersion: number;
		minorVersion: number;
		snapshotLength: number;
		linkLayerType: number;
	}

	interface PacketHeader {
		timestampSeconds: number;
		timestampMicroseconds: number;
		capturedLength: number;
		originalLength: number;
	}

	interface Parser extends EventEmitter {
		/** octets not parsed yet; null: none have come (0.2.1, which package.json pins) */
		buffer: Buffer | null;
		on(event: "globalHeader", listener: (header: GlobalHeader) => void): this;
		on(event: "packetHeader", listener: (header: PacketHeader) => void): this;
		on(event: "packet", listener: (packet: { header: PacketHeader; data: Buffer }) => void): this;
		on(event: "error", listener: (error: Error) => void): this;
	}

	/** What the parser uses of its input. */
	interface Input extends EventEmitter {
		pause(): void;
		resume(): void;
	}

	const pcapParser: { parse(input: Input): Parser };
	export default pcapParser;
}
