/** One connection of the relay, as whoever has sockets gives it. */
export interface RelayLink {
	/** false: the other end is behind; `RelayPeer.drained` is called when it is not any more */
	write(octets: Buffer): boolean;
	/** Nothing more is read for a while. */
	pause(): void;
	resume(): void;
	/** Closes it after what was written. */
	end(): void;
}

/** Where a relay connects to for a message. */
export interface RelayTarget {
	host: string;
	port: number;
	/** msrps */
	secure: boolean;
}
