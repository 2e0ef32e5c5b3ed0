import { moveBoundaries } from "./boundaries.ts";
import {
  breakConditions,
  dropInitializers,
  dropInstructions,
  dropLoops,
  dropModifiers,
  dropReturns,
  dropStatements,
  emptyFunctions,
} from "./drops.ts";
import type { Operator } from "./edit.ts";
import { flipInstructions, flipSymbols, flipWords, shiftNumbers } from "./flips.ts";
import { changeTypeStrings } from "./strings.ts";
import { swapArguments, swapFields } from "./swaps.ts";

export const OPERATORS: readonly Operator[] = [
  flipSymbols,
  flipWords,
  flipInstructions,
  shiftNumbers,
  moveBoundaries,
  swapArguments,
  swapFields,
  changeTypeStrings,
  dropModifiers,
  breakConditions,
  dropStatements,
  dropInstructions,
  dropInitializers,
  dropReturns,
  dropLoops,
  emptyFunctions,
];
