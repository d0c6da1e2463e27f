package sluice.protocol.sv2.message.extension;

import sluice.protocol.sv2.message.Sv2Message;

/** A message that a registered extension defines; extension 0x0002 adds a TLV field only ({@link WorkerIdentity}). */
public sealed interface ExtensionMessage extends Sv2Message
        permits RequestExtensions, RequestExtensionsError, RequestExtensionsSuccess {}
