package sluice.protocol.sv2.message.jobdeclaration;

import sluice.protocol.sv2.message.Sv2Message;

/** A message of the Job Declaration Protocol (SV2 6.4). */
public sealed interface JobDeclarationMessage extends Sv2Message
        permits AllocateMiningJobToken,
                AllocateMiningJobTokenSuccess,
                DeclareMiningJob,
                DeclareMiningJobError,
                DeclareMiningJobSuccess,
                ProvideMissingTransactions,
                ProvideMissingTransactionsSuccess,
                PushSolution {}
