import type { Direction } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import type { RelayLimits } from "./limits.js";
import type { MsrpMemory } from "./mend-frame.js";
import type { OwnTransactions } from "./own.js";
import type { RelayConnection, RelayStage } from "./stage.js";

/** What a direction needs of its connection. */
export interface LaneContext {
	readonly connection: RelayConnection;
	readonly limits: Limits;
	readonly relayLimits: RelayLimits;
	readonly memory: MsrpMemory;
	readonly own: OwnTransactions;
	/** in the order in which this direction passes them */
	stages(dir: Direction): readonly RelayStage[];
	/** puts octets into a direction, between two messages */
	inject(dir: Direction, octets: Buffer, delay: number, by?: string): void;
	/** breaks the connection off after what waits in that direction */
	reset(dir: Direction): void;
	/** Finds out from the first octets what is spoken and tells both lanes; false: more octets are needed. */
	decide(buf: Buffer, start: number, end: number): boolean;
	fault(stage: RelayStage, error: unknown): void;
}
