# A web shop's order service in three tiers: load balancer, containers, database,
# with static assets behind a CDN and a worker that sends receipts.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { service = "orders", environment = var.environment }
  }
}

locals {
  name = "orders-${var.environment}"
}

module "network" {
  source = "./modules/network"

  name = local.name
  cidr = "10.20.0.0/16"
  zones = {
    a = { public = "10.20.0.0/24", private = "10.20.10.0/24", data = "10.20.20.0/24" }
    b = { public = "10.20.1.0/24", private = "10.20.11.0/24", data = "10.20.21.0/24" }
  }
}
