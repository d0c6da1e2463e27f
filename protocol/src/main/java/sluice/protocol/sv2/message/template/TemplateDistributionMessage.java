package sluice.protocol.sv2.message.template;

import sluice.protocol.sv2.message.Sv2Message;

/** A message of the Template Distribution Protocol (SV2 7). */
public sealed interface TemplateDistributionMessage extends Sv2Message
        permits CoinbaseOutputConstraints,
                NewTemplate,
                RequestTransactionData,
                RequestTransactionDataError,
                RequestTransactionDataSuccess,
                SetNewPrevHash,
                SubmitSolution {}
