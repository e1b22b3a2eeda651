/** Bounds on what a relay holds. */
export interface RelayLimits {
	/** octets of one direction that may wait for a verdict; what is beyond goes on untouched */
	octets: number;
	/** seconds that a message may be held by a stage */
	hold: number;
	/** seconds that the beginning of a message waits for the rest of it */
	partial: number;
	/** the same for octets that are probably no part of a message */
	lost: number;
}

export const DEFAULT_RELAY_LIMITS: Readonly<RelayLimits> = Object.freeze({ octets: 8 << 20, hold: 60, partial: 10, lost: 0.2 });
