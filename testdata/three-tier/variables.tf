variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "environment" {
  type    = string
  default = "production"
}

variable "image" {
  description = "The order service's container image."
  type        = string
  default     = "ghcr.io/example/orders:2.4.1"
}

variable "certificate_arn" {
  type    = string
  default = "arn:aws:acm:eu-central-1:111122223333:certificate/0f4b7c1e"
}
