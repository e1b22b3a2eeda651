import { ABORT } from "./abort.js";
import { ADD_HEADER } from "./add-header.js";
import { ADD_ISFOCUS } from "./add-isfocus.js";
import { ALG } from "./alg.js";
import { BANDWIDTH } from "./bandwidth.js";
import { BYTE_RANGE } from "./byte-range.js";
import { CLOSE } from "./close.js";
import { CORRUPT } from "./corrupt.js";
import { DELAY } from "./delay.js";
import { DOWN } from "./down.js";
import { DROP } from "./drop.js";
import { DUPLICATE } from "./duplicate.js";
import { EAT } from "./eat.js";
import { HALF_CLOSE } from "./half-close.js";
import { HOLD_UNTIL } from "./hold-until.js";
import { IMDN_DELAY } from "./imdn-delay.js";
import { IMDN_DROP } from "./imdn-drop.js";
import { IMDN_FORGE } from "./imdn-forge.js";
import { INJECT } from "./inject.js";
import { LATENCY } from "./latency.js";
import { LIMIT_DATA } from "./limit-data.js";
import { LOG } from "./log.js";
import { MARK } from "./mark.js";
import { MERGE } from "./merge.js";
import { NO_END_LINE } from "./no-end-line.js";
import { PASS } from "./pass.js";
import { REMOVE_HEADER } from "./remove-header.js";
import { RENAME_HEADER } from "./rename-header.js";
import { REORDER } from "./reorder.js";
import { REPLACE_BODY } from "./replace-body.js";
import { REPLACE_TEXT } from "./replace-text.js";
import { REPLY } from "./reply.js";
import { RESET } from "./reset.js";
import { RESET_PEER } from "./reset-peer.js";
import { SET_HEADER } from "./set-header.js";
import { SET_STATUS } from "./set-status.js";
import { SET_VARIABLE } from "./set-variable.js";
import { SLICER } from "./slicer.js";
import { SLOW_CLOSE } from "./slow-close.js";
import { SPLIT } from "./split.js";
import { STALL } from "./stall.js";
import { STRIP_ISFOCUS } from "./strip-isfocus.js";
import { SWAP_FROM_TO } from "./swap-from-to.js";
import { THROTTLE } from "./throttle.js";
import { TIMEOUT } from "./timeout.js";
import { TRUNCATE } from "./truncate.js";
import type { ActionDefinition } from "./types.js";
import { WRONG_TRANSACTION_ID } from "./wrong-transaction-id.js";
import { WS_CLOSE } from "./ws-close.js";
import { WS_FRAGMENT } from "./ws-fragment.js";
import { WS_MASK_FAULT } from "./ws-mask-fault.js";
import { WS_TEXT } from "./ws-text.js";

/** All actions, in the order of the reference page. */
export const ACTIONS: readonly ActionDefinition[] = [
	// whether and when the message goes on
	DROP,
	DELAY,
	HOLD_UNTIL,
	DUPLICATE,
	REORDER,
	THROTTLE,
	STALL,
	// connections
	CLOSE,
	HALF_CLOSE,
	RESET,
	WS_CLOSE,
	// all octets of a connection, as toxiproxy names it
	LATENCY,
	DOWN,
	BANDWIDTH,
	SLOW_CLOSE,
	TIMEOUT,
	RESET_PEER,
	SLICER,
	LIMIT_DATA,
	// headers
	SET_HEADER,
	ADD_HEADER,
	REMOVE_HEADER,
	RENAME_HEADER,
	SET_STATUS,
	SWAP_FROM_TO,
	STRIP_ISFOCUS,
	ADD_ISFOCUS,
	// contents
	REPLACE_BODY,
	REPLACE_TEXT,
	CORRUPT,
	TRUNCATE,
	// messages in place of others, or beside them
	REPLY,
	INJECT,
	EAT,
	IMDN_FORGE,
	IMDN_DROP,
	IMDN_DELAY,
	// chunks and frames
	SPLIT,
	MERGE,
	ABORT,
	BYTE_RANGE,
	WRONG_TRANSACTION_ID,
	NO_END_LINE,
	WS_FRAGMENT,
	WS_TEXT,
	WS_MASK_FAULT,
	// boxes
	ALG,
	// notes
	SET_VARIABLE,
	MARK,
	LOG,
	PASS,
];

const TABLE: ReadonlyMap<string, ActionDefinition> = new Map(ACTIONS.map((action) => [action.name, action]));

export function actionNamed(name: string): ActionDefinition | undefined {
	return TABLE.get(name);
}
