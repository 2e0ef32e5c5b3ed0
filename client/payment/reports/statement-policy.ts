import { FloodgateError } from "../../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../../protocol/base/ids.ts";
import { parseBaseUnits } from "../../../protocol/base/units.ts";
import type { StatementOffer } from "../../../protocol/http/payments.ts";
import type { Statement, StatementLane } from "../../../protocol/signed/statement.ts";
import type { PayerLaneRecord } from "../../store/records.ts";

/**
 * Whether this peer signs what the authority offers. Every lane must be of this account and
 * session, name the right payee, and promise no more than was signed there already. So a statement
 * never promises anything that no voucher did.
 * @throws {FloodgateError} STATEMENT_WRONG: one lane is wrong, so nothing is signed
 */
export function checkOffer(
  offer: StatementOffer,
  own: { readonly account: Address; readonly sessionKey: Address },
  findLane: (lane: number) => PayerLaneRecord | null,
): Statement {
  if (parseAddress(offer.payer) !== own.account) throw wrong(`it names payer ${offer.payer}`);
  const lanes = offer.lanes.map((offered): StatementLane => {
    const { lane } = offered;
    const [payee, amount] = [parseAddress(offered.payee), parseBaseUnits(offered.amount)];
    const known = findLane(lane);
    if (known?.allotment.sessionKey !== own.sessionKey || known.allotment.payer !== own.account)
      throw wrong(`lane ${lane} is not of this session`);
    if (known.allotment.payee !== payee) throw wrong(`lane ${lane} does not pay ${payee}`);
    if (amount === 0n || amount > known.amount)
      throw wrong(`lane ${lane} would pay ${amount}, and ${known.amount} base units were signed`);
    return { payee, lane, amount };
  });
  if (lanes.some(({ lane }, i) => i > 0 && lane <= (lanes[i - 1] as StatementLane).lane))
    throw wrong("its lanes do not ascend");
  return { payer: own.account, lanes };
}

function wrong(what: string): FloodgateError {
  return new FloodgateError("STATEMENT_WRONG", `the statement that the authority offers is not signed: ${what}`);
}
