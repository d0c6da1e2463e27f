/** Where modules of other systems get every accepted share. */
package sluice.proxy.api.sink;
