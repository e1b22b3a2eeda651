import { ReceiveBuffer } from "../../bytes/receive-buffer.js";
import type { Direction } from "../../model/flow.js";
import type { Epoch } from "./connection-keys.js";
import { HandshakeReader } from "./handshake-reader.js";
import type { RecordCipher } from "./record-cipher.js";

/** One direction of a TLS connection. */
export class Half {
	readonly pending = new ReceiveBuffer();
	readonly handshake = new HandshakeReader();
	/** stream offset of the first octet that is not processed */
	offset = 0;
	epoch: Epoch = "plain";
	/** of `epoch`; null while plain or while the secret is missing */
	cipher: RecordCipher | null = null;
	/** a first record was seen */
	began = false;
	/** the next record needs something that is not known yet: records are held */
	stalled = false;
	/** held octets that are accounted for in the key log's budget */
	held = 0;
	/** octets are missing: look for a record that authenticates */
	lost = false;
	/** records that the missing octets can have held at most */
	missed = 0;
	/** the last record did not authenticate: the keys may have changed unseen */
	unsure = false;
	failures = 0;
	failureReported = false;
	/** records of an epoch whose secret is missing, passed by */
	skipped = 0;
	/** nothing of this direction will ever be shown (any more) */
	dead = false;
	closed = false;

	constructor(readonly dir: Direction) {}
}
