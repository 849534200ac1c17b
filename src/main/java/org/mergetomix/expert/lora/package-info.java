/** LoRA adapters: what their configuration says, and the product of their factors. */
package org.mergetomix.expert.lora;
