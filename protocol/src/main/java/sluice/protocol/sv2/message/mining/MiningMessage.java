package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.Sv2Message;

/** A message of the Mining Protocol (SV2 5.3). */
public sealed interface MiningMessage extends Sv2Message
        permits CloseChannel,
                NewExtendedMiningJob,
                NewMiningJob,
                OpenExtendedMiningChannel,
                OpenExtendedMiningChannelSuccess,
                OpenMiningChannelError,
                OpenStandardMiningChannel,
                OpenStandardMiningChannelSuccess,
                SetCustomMiningJob,
                SetCustomMiningJobError,
                SetCustomMiningJobSuccess,
                SetExtranoncePrefix,
                SetGroupChannel,
                SetNewPrevHash,
                SetTarget,
                SubmitSharesError,
                SubmitSharesExtended,
                SubmitSharesStandard,
                SubmitSharesSuccess,
                UpdateChannel,
                UpdateChannelError {}
